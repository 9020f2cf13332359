"""What runs against a case: periods, stops, alarms, supervision, and the settings the law leaves open."""
