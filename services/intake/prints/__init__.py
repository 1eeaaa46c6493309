"""The receipt on paper: A5 or a roll of 80 mm, Chinese, fonts embedded, with a QR code."""
