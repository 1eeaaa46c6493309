"""Publicity (公示) and objections to it: what is posted, until when, who objects, and how they are answered.

The process tells what is posted and when it is over; nothing here computes a deadline.
"""
