"""Sample data. All people, numbers and organisations in it are invented."""
