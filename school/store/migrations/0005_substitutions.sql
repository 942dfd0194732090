-- Who gives a lesson in place of its regular teacher, or what became of it (п. 4.2, 4.5). lessons.teacher_id names the
-- substitute as long as the record holds (withdrawn_at is NULL); regular_teacher_id keeps whose lesson it is.
-- kind: subject, supervision, joined (with joined_lesson_id), cancelled (nobody gives it, substitute_id is NULL).
-- class_id, subject_id, subgroup_id are the lesson's: who reads a register is asked at every entry, without a join.
-- Without a key: the lists that people read are short, and a plain append is quicker.
CREATE TABLE substitutions (
    substitution_id BIGINT NOT NULL, lesson_id BIGINT NOT NULL, class_id BIGINT NOT NULL,
    subject_id BIGINT NOT NULL, subgroup_id BIGINT, kind VARCHAR NOT NULL, regular_teacher_id BIGINT, substitute_id BIGINT, joined_lesson_id BIGINT, reason VARCHAR NOT NULL, assigned_at TIMESTAMP NOT NULL,
    assigned_by BIGINT, signed_at TIMESTAMP, signed_by BIGINT, withdrawn_at TIMESTAMP
);
