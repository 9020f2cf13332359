"""Who a case is about and who may see it: parties, applicants, access, bookings, ratings."""
