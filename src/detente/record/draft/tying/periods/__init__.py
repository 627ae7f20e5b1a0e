"""Which period a figure is about: every one it could have, weighed."""
