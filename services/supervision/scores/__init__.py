"""The yearly assessment (绩效): what supervision found counts for person, department and leader in charge (A-35)."""
