"""The receipt on paper: A5, Chinese, fonts embedded, with a QR code."""
