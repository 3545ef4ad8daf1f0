"""Training that is a loop among the names of a file."""
