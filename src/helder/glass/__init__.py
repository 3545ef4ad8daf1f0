"""What lets a person see through a network: every number of one row, and whether it is right."""
