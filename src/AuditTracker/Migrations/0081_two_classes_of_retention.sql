-- Room: Evidence. Contracts of entrustment and connection logs have terms of their own (domain.md §13.5, §12).
insert into retention_rules (class, valid_from, name_ja, name_en, months, basis_ja, basis_en, position) values
    ('entrustment', '2000-01-01', '委託契約の書類', 'Entrustment contracts', 60, '委託した個人情報の保有期間以上（既定は5年。会社の保有期間に合わせて変えてください）', 'at least as long as the entrusted data is held (5 years by default; set it to the company''s own term)', 9),
    ('connection-log', '2000-01-01', '接続認証の記録', 'Connection logs', 6, '電気通信事業における個人情報保護ガイドラインの解説（おおむね6か月。業務上必要なときは1年まで）', 'commentary on the guideline for telecommunications carriers (about six months; up to a year where the business needs it)', 10);
