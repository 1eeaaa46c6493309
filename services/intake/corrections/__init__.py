"""Answering the one-time correction notice (行政许可法 §32(4)) online, with files for each thing that lacks."""
