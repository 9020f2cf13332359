"""How an instance goes on: its step, what services do, what starts it, what holds or changes it by hand."""
