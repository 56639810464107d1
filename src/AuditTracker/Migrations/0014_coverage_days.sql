-- Evidence: what the pages over everything read quickly: coverage now, coverage by day, search.

-- The newest accepted period of a request, which coverage begins from, without reading every period there ever was.
create index collections_accepted on collections (request_id, period_to desc, period_from) where state = 'accepted';

-- What a text is searched by: width, case and kana folded. Names of people have their own keys, folded further (NameKey).
create function search_key(typed text) returns text language sql immutable strict parallel safe as
$$ select translate(lower(normalize(typed, NFKC)),
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ',
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ') $$;

-- Names by how they begin; words inside are looked for in the newest files only.
create index evidence_file_name on evidence (search_key(file_name) text_pattern_ops) where kind = 'file';
-- A hash is found by its first letters, whatever the order of the database's collation.
create index evidence_sha256 on evidence (sha256 text_pattern_ops) where kind = 'file';

grant execute on function search_key(text) to ${app};

-- Titles of requests fold kana from now on, as people type them either way.
update evidence_requests set title_key = search_key(title_key) where title_key <> search_key(title_key);

-- How many items of a framework's theme stood in a state at the end of a day. Append-only; a day is written once and whole.
create table coverage_days ( -- Evidence
    day       date not null,
    framework text not null references frameworks (key),
    theme     text not null,
    state     text not null check (state in ('covered', 'collecting', 'ageing', 'stale', 'missing', 'excluded')),
    items     int not null check (items > 0),
    primary key (framework, day, theme, state)
);
grant select, insert on coverage_days to ${app};
insert into trail.exempt_tables values ('coverage_days', 'computed from facts that are under the trail; can be computed again');
