"""Units, competencies and posts of the demonstration."""

from __future__ import annotations

from competency.directory import Post, PostKind, Unit
from competency.frameworks import Competency, CompetencyKind, Framework
from competency.rules import core_competencies

TECHNICAL_FRAMEWORK = "kamus-teknis-contoh"

_S, _F, _P = PostKind.STRUKTURAL, PostKind.FUNGSIONAL, PostKind.PELAKSANA

UNITS: tuple[Unit, ...] = (
    Unit("kpn", "Kementerian Pembelajaran Nusantara", siasn_id="A5EB03E2KPN0NUSANTARA0DEMO00001"),
    Unit("setjen", "Sekretariat Jenderal", "kpn"),
    Unit("biro-sdm", "Biro Sumber Daya Manusia", "setjen"),
    Unit("bag-pengembangan", "Bagian Pengembangan Pegawai", "biro-sdm"),
    Unit("bag-mutasi", "Bagian Mutasi dan Kinerja", "biro-sdm"),
    Unit("biro-keuangan", "Biro Keuangan dan BMN", "setjen"),
    Unit("biro-hukum", "Biro Hukum dan Hubungan Masyarakat", "setjen"),
    Unit("pusdatin", "Pusat Data dan Teknologi Informasi", "setjen"),
    Unit("ditjen-daring", "Direktorat Jenderal Pembelajaran Daring", "kpn"),
    Unit("dit-konten", "Direktorat Konten", "ditjen-daring"),
    Unit("dit-platform", "Direktorat Platform", "ditjen-daring"),
    Unit("itjen", "Inspektorat Jenderal", "kpn"),
    Unit("inspektorat-1", "Inspektorat I", "itjen"),
    Unit("bpsdm", "Badan Pengembangan Sumber Daya Manusia", "kpn"),
    Unit("pusdiklat", "Pusat Pendidikan dan Pelatihan", "bpsdm"),
)

_TECHNICAL = (
    ("teknis-manajemen-sdm", "Manajemen SDM Aparatur", "Merencanakan, mengembangkan dan menilai pegawai sesuai sistem merit."),
    ("teknis-analisis-data", "Analisis Data", "Mengumpulkan, mengolah dan menyajikan data untuk pengambilan keputusan."),
    ("teknis-pengadaan", "Pengadaan Barang dan Jasa", "Merencanakan dan melaksanakan pengadaan sesuai peraturan."),
    ("teknis-keuangan-negara", "Pengelolaan Keuangan Negara", "Menyusun, melaksanakan dan mempertanggungjawabkan anggaran."),
    ("teknis-keamanan-informasi", "Keamanan Informasi", "Menjaga kerahasiaan, keutuhan dan ketersediaan informasi."),
)

_LEVELS = {
    "teknis-analisis-data": {
        1: "Memahami istilah dan jenis data.",
        2: "Mengolah dan menyajikan data dengan arahan.",
        3: "Menganalisis data dan menafsirkan hasilnya untuk unit kerja.",
        4: "Merancang analisis yang mendasari kebijakan instansi.",
        5: "Mengembangkan cara dan standar analisis yang dipakai instansi lain.",
    },
    "teknis-pengadaan": {
        1: "Memahami peraturan pengadaan.",
        2: "Menyiapkan dokumen pengadaan dengan arahan.",
        3: "Melaksanakan pengadaan sesuai peraturan.",
        4: "Mengelola pengadaan yang kompleks.",
        5: "Mengembangkan kebijakan pengadaan.",
    },
}

CORE = tuple(one.id for one in core_competencies())
TECHNICAL = Framework(
    TECHNICAL_FRAMEWORK,
    "Kamus Kompetensi Teknis KPN",
    tuple(
        Competency(one, name, CompetencyKind.TEKNIS, TECHNICAL_FRAMEWORK, description, _LEVELS.get(one, {}))
        for one, name, description in sorted(_TECHNICAL)
    ),
    publisher="Kementerian Pembelajaran Nusantara",
    edition="2024",
)
"""The ministry's own dictionary; the nine of Permenpan-RB 38/2017 come with Rekam."""
COMPETENCIES: tuple[Competency, ...] = core_competencies() + TECHNICAL.competencies


def _post(post_id: str, title: str, kind: PostKind, tier: str, core: int | None, **technical: int) -> Post:
    """`core` None leaves the core competencies to the tier's standard."""
    standards = {} if core is None else dict.fromkeys(CORE, core)
    standards.update((f"teknis-{name.replace('_', '-')}", level) for name, level in technical.items())
    return Post(post_id, title, kind, tier, standards)


POSTS: tuple[Post, ...] = (
    _post("kepala-biro", "Kepala Biro", _S, "jpt-pratama", None, manajemen_sdm=3),
    _post("kepala-bagian", "Kepala Bagian", _S, "administrator", None, manajemen_sdm=3),
    _post("kepala-subbagian", "Kepala Subbagian", _S, "pengawas", None, manajemen_sdm=2),
    _post("analis-sdm-muda", "Analis SDM Aparatur Ahli Muda", _F, "ahli-muda", 3, manajemen_sdm=4, analisis_data=3),
    _post("analis-sdm-pertama", "Analis SDM Aparatur Ahli Pertama", _F, "ahli-pertama", 2, manajemen_sdm=3, analisis_data=2),
    _post("prakom-muda", "Pranata Komputer Ahli Muda", _F, "ahli-muda", 3, analisis_data=4, keamanan_informasi=4),
    _post("prakom-pertama", "Pranata Komputer Ahli Pertama", _F, "ahli-pertama", 2, analisis_data=3, keamanan_informasi=3),
    _post("auditor-pertama", "Auditor Ahli Pertama", _F, "ahli-pertama", 2, keuangan_negara=3, pengadaan=3),
    _post("widyaiswara-madya", "Widyaiswara Ahli Madya", _F, "ahli-madya", 4, manajemen_sdm=3),
    _post("arsiparis-terampil", "Arsiparis Terampil", _F, "terampil", 1, keamanan_informasi=2),
    _post("pengelola-keuangan", "Pengelola Keuangan", _P, "pelaksana", None, keuangan_negara=2, pengadaan=2),
    _post("pengadministrasi", "Pengadministrasi Perkantoran", _P, "pelaksana", None, keamanan_informasi=1),
)
