"""Many pairs at once: the pairs asked about, and one table of results that survives being stopped."""
