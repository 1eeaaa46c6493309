"""Appointments (预约, B-39 B-40): slots, reception cards, two staff, minutes; consultants on duty; contact outside."""
