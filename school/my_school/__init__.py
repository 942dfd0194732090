"""«Моя школа»: a pupil's timetable and marks for the systems of a region, by the published recommendations of 2021–22."""
