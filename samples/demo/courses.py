"""The catalogue of the demonstration, and the partners that hold its courses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from competency.catalogue import Alignment, CatalogueEntry, Certificate, CountsPer, DefinitionMatch, FinishRule, Repeats


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sends statements; `home` begins the ids of its activities and names its accounts."""

    key: str
    name: str
    home: str
    prefix: str


PORTAL = Partner("portal-asn", "Portal Pembelajaran ASN", "https://belajar.asn.example", "ela")
CAMPUS = Partner("univ-nusantara", "Universitas Nusantara", "https://kuliah.univ-nusantara.example", "uni")
WEBINAR = Partner("webinar-asn", "Forum Webinar ASN", "https://webinar.asn.example", "web")
CENTRE = Partner("pusdiklat", "Pusdiklat KPN", "https://pusdiklat.kpn.example", "pus")
PARTNERS = (PORTAL, CAMPUS, WEBINAR, CENTRE)

_C, _P, _B, _E, _A = FinishRule.COMPLETED, FinishRule.PASSED, FinishRule.BOTH, FinishRule.EITHER, FinishRule.ATTENDED

# title; BKN's kind; JP; what finishes it; the competencies with a level
_PORTAL = (
    ("Dasar-Dasar Integritas ASN", "16", "4", _C, "integritas:2"),
    ("Integritas dan Benturan Kepentingan", "16", "6", _B, "integritas:3"),
    ("Kolaborasi Lintas Unit", "16", "5", _C, "kerja-sama:2"),
    ("Komunikasi Tertulis untuk ASN", "16", "6", _P, "komunikasi:2"),
    ("Komunikasi Publik dan Media", "17", "10", _P, "komunikasi:3; pelayanan-publik:2"),
    ("Manajemen Kinerja Pegawai", "5", "12", _B, "orientasi-pada-hasil:3; teknis-manajemen-sdm:2"),
    ("Pelayanan Prima", "16", "5", _C, "pelayanan-publik:2"),
    ("Mengelola Perubahan Digital", "17", "8", _C, "mengelola-perubahan:2"),
    ("Perekat Bangsa dan Moderasi", "6", "6", _P, "perekat-bangsa:2"),
    ("Literasi Data untuk ASN", "16", "8", _P, "teknis-analisis-data:2"),
    ("Kesadaran Keamanan Informasi", "16", "3", _C, "teknis-keamanan-informasi:1"),
    ("Pengantar Pengadaan Pemerintah", "16", "8", _P, "teknis-pengadaan:2"),
    ("Belajar Mandiri: Pengembangan Diri", "22", "2.5", _C, "pengembangan-diri-dan-orang-lain:2"),
)
_CAMPUS = (
    ("Analisis Data dengan Statistika Terapan", "11", "16", _P, "teknis-analisis-data:3"),
    ("Ilmu Data untuk Kebijakan Publik", "11", "24", _P, "teknis-analisis-data:4; pengambilan-keputusan:3"),
    ("Keamanan Siber Tingkat Menengah", "3", "20", _P, "teknis-keamanan-informasi:3"),
    ("Keamanan Siber Tingkat Lanjut", "3", "30", _P, "teknis-keamanan-informasi:4"),
    ("Kepemimpinan Perubahan", "5", "18", _E, "mengelola-perubahan:3; pengambilan-keputusan:3"),
    ("Ekonomi dan Keuangan Negara", "11", "16", _E, "teknis-keuangan-negara:3"),
    ("Sistem Merit dan Talenta", "3", "14", _E, "teknis-manajemen-sdm:3"),
    ("Pengambilan Keputusan Berbasis Bukti", "4", "8", _E, "pengambilan-keputusan:2"),
    ("Lokakarya Desain Pembelajaran", "4", "12", _C, "pengembangan-diri-dan-orang-lain:3"),
    ("Kerja Sama Antarlembaga", "4", "6", _C, "kerja-sama:3"),
)
_WEBINAR = (
    ("Seminar Nasional Reformasi Birokrasi", "9", "3", _A, "mengelola-perubahan:1*0.5"),
    ("Webinar Netralitas ASN", "9", "2", _A, "integritas:1*0.5"),
    ("Webinar Layanan Digital Terpadu", "9", "2", _A, "pelayanan-publik:1*0.5"),
    ("Seminar Keberagaman Nusantara", "9", "3", _A, "perekat-bangsa:1*0.5"),
    ("Sosialisasi UU ASN 20/2023", "7", "2", _A, "teknis-manajemen-sdm:1*0.5"),
    ("Sosialisasi Pelindungan Data Pribadi", "7", "2", _A, "teknis-keamanan-informasi:1*0.5"),
    ("Webinar Kecerdasan Buatan di Pemerintahan", "9", "3", _A, "teknis-analisis-data:1*0.5"),
    ("Seminar Pengelolaan Anggaran", "9", "4", _A, "teknis-keuangan-negara:1*0.5"),
    ("Komunitas Belajar Komunikasi Publik", "23", "2", _A, "komunikasi:1*0.5"),
)
_CENTRE = (
    ("Pelatihan Kepemimpinan Pengawas (PKP)", "1", "107", _B, "orientasi-pada-hasil:2; pengambilan-keputusan:2; kerja-sama:2"),
    ("Pelatihan Kepemimpinan Administrator (PKA)", "1", "121", _B, "orientasi-pada-hasil:3; mengelola-perubahan:3"),
    ("Diklat Fungsional Analis SDM Aparatur", "2", "60", _P, "teknis-manajemen-sdm:4"),
    ("Diklat Fungsional Auditor Pertama", "2", "80", _P, "teknis-keuangan-negara:3; teknis-pengadaan:2"),
    ("Bimbingan Teknis Pengadaan Barang/Jasa", "8", "16", _A, "teknis-pengadaan:3"),
    ("Bimbingan Teknis Penyusunan Anggaran", "8", "12", _A, "teknis-keuangan-negara:2"),
    ("Workshop Penyusunan Arsip Digital", "4", "8", _A, "teknis-keamanan-informasi:2"),
    ("Coaching bagi Atasan Langsung", "14", "6", _C, "pengembangan-diri-dan-orang-lain:3"),
    ("Pelatihan Pelayanan Publik bagi Garda Depan", "3", "15", _C, "pelayanan-publik:3"),
)


@dataclass(frozen=True, slots=True)
class Course:
    partner: Partner
    entry: CatalogueEntry

    @property
    def activity_id(self) -> str:
        return self.entry.activity_ids[0]


def _courses() -> tuple[Course, ...]:
    found = []
    for partner, rows in ((PORTAL, _PORTAL), (CAMPUS, _CAMPUS), (WEBINAR, _WEBINAR), (CENTRE, _CENTRE)):
        for number, (title, kind_id, jp, finish, aligned) in enumerate(rows, start=1):
            entry = CatalogueEntry(
                id=f"{partner.prefix}-{number:02d}",
                title=title,
                kind_id=kind_id,
                provider=partner.name,
                jp=Decimal(jp),
                finish=finish,
                activity_ids=(f"{partner.home}/xapi/activities/{partner.prefix}-{number:02d}",),
                alignments=tuple(_alignment(pair.strip()) for pair in aligned.split(";")),
            )
            found.append(Course(partner, entry))
    return tuple(found)


def _alignment(pair: str) -> Alignment:
    competency, _, level = pair.rpartition(":")
    level, _, weight = level.partition("*")
    return Alignment(competency, int(level), Decimal(weight or 1))


COURSES = _courses()
MEETING = "http://adlnet.gov/expapi/activities/meeting"

SERIES = Course(
    WEBINAR,
    CatalogueEntry(
        id="web-seri-digital",
        title="Seri Webinar Literasi Digital",
        kind_id="9",
        provider=WEBINAR.name,
        jp=Decimal(2),
        finish=_A,
        patterns=(f"{WEBINAR.home}/xapi/activities/seri-digital-*",),
        alignments=(Alignment("teknis-analisis-data", 1, Decimal("0.5")),),
        counts_per=CountsPer.ACTIVITY,
    ),
)
READING = Course(
    PORTAL,
    CatalogueEntry(
        id="ela-baca-jurnal",
        title="Belajar Mandiri: Membaca Jurnal",
        kind_id="22",
        provider=PORTAL.name,
        jp=None,
        finish=_C,
        activity_ids=(f"{PORTAL.home}/xapi/activities/baca-jurnal",),
        alignments=(Alignment("pengembangan-diri-dan-orang-lain", 1, Decimal("0.5")),),
        repeats=Repeats.YEARLY,
    ),
)
CERTIFIED = Course(
    CENTRE,
    CatalogueEntry(
        id="pus-sertifikasi-pengadaan",
        title="Sertifikasi Pengadaan Barang/Jasa Tingkat Dasar",
        kind_id="3",
        provider=CENTRE.name,
        jp=Decimal(24),
        finish=_P,
        activity_ids=(f"{CENTRE.home}/xapi/activities/sertifikasi-pengadaan",),
        alignments=(Alignment("teknis-pengadaan", 3),),
        min_score=Decimal("0.7"),
        certificate=Certificate(12),
        from_year=2025,
        repeats=Repeats.YEARLY,
    ),
)
CIRCLE = Course(
    CAMPUS,
    CatalogueEntry(
        id="uni-belajar-bersama",
        title="Belajar Bersama",
        kind_id="23",
        provider=CAMPUS.name,
        jp=Decimal(1),
        finish=_A,
        definitions=(DefinitionMatch(type=MEETING, name="Belajar Bersama*"),),
        alignments=(Alignment("kerja-sama", 1, Decimal("0.5")),),
        from_year=2026,
        repeats=Repeats.YEARLY,
    ),
)
CATALOGUE = tuple(course.entry for course in (*COURSES, SERIES, READING, CERTIFIED, CIRCLE))


def courses_of(partner: Partner) -> tuple[Course, ...]:
    return tuple(course for course in COURSES if course.partner is partner)
