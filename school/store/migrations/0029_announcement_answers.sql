-- Whether whom an announcement reached may answer its author, in a thread of their own (п. 2.9, 4.7).
ALTER TABLE announcements ADD COLUMN takes_answers BOOLEAN DEFAULT false;
-- When somebody was last reminded stands with them alone: one homeroom teacher's reminder keeps no other from reminding.
ALTER TABLE announcements DROP COLUMN reminded_on;
