"""What was found, told: as a lesson, as plain values, as tests for a course."""
