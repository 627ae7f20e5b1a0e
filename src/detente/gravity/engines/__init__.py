"""The numerical engines of a Poisson fit: arrays in, arrays out."""
