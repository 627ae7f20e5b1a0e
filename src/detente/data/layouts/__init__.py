"""One module a source; each has a ``SOURCE``. Adding a source is adding a module here, a test and a line in the docs."""
