"""Do the Poisson estimates exist? Separated rows, found and proved.

Correia, Guimarães & Zylkin (2019, arXiv 1903.01633): they exist unless some combination
``z = X g`` of regressors and effects is zero wherever ``y > 0`` and non-negative, somewhere
positive, wherever ``y = 0``. Rows with ``z > 0`` are separated: fitted flows tend to zero
there whatever the other coefficients are, and leaving the rows out changes none of them.
Such a ``z`` is the certificate.
"""
