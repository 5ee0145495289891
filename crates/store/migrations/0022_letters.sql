-- Single characters of scripts without spaces are words of their own in the index: whatever is in it is read once more.

DELETE FROM search_backfill;
INSERT INTO search_backfill (kind, upto) SELECT 'users', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO search_backfill (kind, upto) SELECT 'organizations', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO search_backfill (kind, upto) SELECT 'questions', 0 WHERE EXISTS (SELECT 1 FROM questions);
INSERT INTO search_backfill (kind, upto) SELECT 'tickets', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO search_backfill (kind, upto) SELECT 'comments', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO wakeups (subject_kind, subject_id, due_at)
    SELECT 'search', 0, max(updated_at) FROM users
    WHERE NOT EXISTS (SELECT 1 FROM wakeups WHERE subject_kind = 'search') HAVING count(*) > 0;
