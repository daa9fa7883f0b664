"""Following sent documents: the board, what is done about it, what receivers ask."""
