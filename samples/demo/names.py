"""Indonesian names to make people of."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Siti Ayu Dewi Rina Sri Nur Putri Indah Ratna Wulan Fitri Maya Lestari Yuni Endang Kartika Dian Anisa Mega Intan "
    "Retno Sari Novita Rahma Laras Made Ketut Maria Theresia Yohana Cut Nanda Sinta Ika Tika Hesti Widya Nurul Aulia Desi"
)
MEN = _words(
    "Budi Agus Joko Eko Dwi Hendra Bambang Ahmad Muhammad Rizki Andi Wahyu Bayu Dimas Fajar Gilang Hadi Irfan Yusuf Rudi "
    "Slamet Teguh Wayan Nyoman Yohanes Petrus Teuku Lukman Faisal Arif Surya Bagus Ilham Reza Taufik Zainal Imam Danang Ferry Galih"
)
FAMILY = _words(
    "Wijaya Santoso Pratama Nugroho Siregar Nasution Harahap Simanjuntak Lubis Hutapea Tanjung Saragih Ginting Kusuma Hidayat "
    "Setiawan Saputra Ramadhan Gunawan Permana Wibowo Susanto Hartono Utami Rahmawati Handayani Suryani Maharani Safitri Anggraini "
    "Puspita Lestari Halim Pangestu Purnama Mulyani Sudirman Latuconsina Rumbiak Mandagi Tangkudung Wenas Pello Manafe Karim Daeng"
)
