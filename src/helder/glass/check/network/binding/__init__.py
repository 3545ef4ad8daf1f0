"""How somebody's code makes up a network: its parameters, its data, its calls."""
