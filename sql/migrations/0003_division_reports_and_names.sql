-- One row per division, as before; it says whether the division should report, and its other names.
ALTER TABLE core.divisions ADD COLUMN reports BOOLEAN;

ALTER TABLE core.divisions ADD COLUMN other_names VARCHAR[];

-- the rows are made anew from the table of divisions when their recorded version is not the present one
DELETE FROM ops.definitions WHERE name = 'divisions';
