"""Who rests on whom: organisations known by name, and sources that repeat others."""
