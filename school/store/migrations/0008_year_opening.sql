-- Which grade levels report by a term (п. 5.1); a term without any is that of the classes in class_terms.
CREATE TABLE term_grades (term_id BIGINT, grade_level TINYINT, PRIMARY KEY (term_id, grade_level));
-- Days without lessons for some grade levels only: the further holidays of grade 1.
CREATE TABLE grade_days_off (
    day DATE, grade_level TINYINT, name VARCHAR NOT NULL, PRIMARY KEY (day, grade_level)
);
-- A day on which lessons go by the timetable of another weekday (ISO), a working Saturday for a Monday off.
CREATE TABLE moved_days (day DATE PRIMARY KEY, weekday TINYINT NOT NULL);
-- Which class of the year before goes on as this one.
CREATE TABLE class_promotions (class_id BIGINT PRIMARY KEY, from_class_id BIGINT NOT NULL);
