"""In-place help: F1 and “?” on every page, with the words of the article."""
