"""Where somebody's code is loaded: a process of its own, or this one; answering a check."""
