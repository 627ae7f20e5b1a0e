"""What follows a fit: predictions, trade costs, bias correction, resampling, comparison, imputation."""
