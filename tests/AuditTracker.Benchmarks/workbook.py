"""The rows of WorkbookBenchmark.cs in Python's streaming writers: workbook.py MODULE ROWS prints seconds."""
import datetime
import os
import random
import sys
import tempfile
import time

module, count = sys.argv[1], int(sys.argv[2])
names = ["田中 美咲", "髙﨑 濵邊", "伊藤 健", "佐藤 由紀子", "鈴木 一郎", "Maria Santos", "渡邉 翔太"]
titles = ["アクセス権の棚卸し", "バックアップ結果の確認", "入退室記録の点検", "教育実施記録", "委託先の評価"]
day, start = datetime.date(2026, 4, 1), datetime.datetime(2026, 4, 1, 9)


def rows():
    picks = random.Random(20261124)
    for i in range(1, count + 1):
        n = picks.randrange(1_000_000)
        yield (i, f"{n:06}", names[n % 7], titles[n % 5], f"E-{n:06}_evidence.xlsx", day + datetime.timedelta(n % 365),
               start + datetime.timedelta(seconds=n * 31), n * 37, n / 100, "期限切れ" if n % 9 == 0 else "受領")


def with_xlsxwriter(path):
    import xlsxwriter
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    date, instant = book.add_format({"num_format": "yyyy/mm/dd"}), book.add_format({"num_format": "yyyy/mm/dd hh:mm"})
    for r, row in enumerate(rows()):
        for c, value in enumerate(row):
            if c == 5:
                sheet.write_datetime(r, c, value, date)
            elif c == 6:
                sheet.write_datetime(r, c, value, instant)
            elif isinstance(value, str):
                sheet.write_string(r, c, value)
            else:
                sheet.write_number(r, c, value)
    book.close()


def with_openpyxl(path):
    import openpyxl
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows():
        sheet.append(row)
    book.save(path)


__import__(module)
with tempfile.TemporaryDirectory() as folder:
    begun = time.perf_counter()
    {"xlsxwriter": with_xlsxwriter, "openpyxl": with_openpyxl}[module](os.path.join(folder, "out.xlsx"))
    print(f"{time.perf_counter() - begun:.2f}")
