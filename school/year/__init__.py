"""A school year: calendar, classes, load, timetable, dated lessons, promotion (п. 4.2, 4.3, 5.1)."""
