"""交接: the list of what is handed over, confirmed by both clerks."""
