"""Standard errors: what may be correlated, the meat that follows, and the covariance."""
