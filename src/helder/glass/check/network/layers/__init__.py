"""Layer objects: found, put together in small stacks, judged."""
