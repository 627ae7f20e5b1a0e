"""Events and agreements, for the record."""
