"""One sector of a Poisson fit on the dense tensor."""
