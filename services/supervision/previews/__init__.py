"""What a changed rule table would have done: the recorded history judged by it, beside what really came."""
