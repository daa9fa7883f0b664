"""What goes onto paper or out of the house beside the document itself: test pages, marks, copies.

Everything is drawn with the project's own OFD writer, so that one drawing serves both formats: an OFD page as
it is, a PDF page as the overlay of its export.
"""
