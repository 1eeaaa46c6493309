"""The lights: hears timer events, sets lights, climbs the ladder, keeps matters, notices and bulletins."""
