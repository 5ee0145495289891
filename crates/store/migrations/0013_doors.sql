-- Who handed a mail in, until it is decided whose it is. (CH-03)

ALTER TABLE mails ADD COLUMN session TEXT;
