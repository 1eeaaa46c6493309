"""The books everyone looks things up in: departments, posts, people, attendance, calendars."""
