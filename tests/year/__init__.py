"""A generated year of the whole bureau: every permit type, arrivals and lateness as a real office has them."""
