"""A network that is right, every stage of which can be replaced by a mistake, to compare with."""
