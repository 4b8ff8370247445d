"""Who lives in Pakistan: men and women by region in the census of 2023, to see whom a survey misses.

Source: Pakistan Bureau of Statistics, Census 2023, Table 4 (districts and single years summed), in the
machine-readable copy myaseen208/PakPC2023, data/TABLE_04.RData, commit d4bfdf8. KP includes the former FATA.
Transgender people (1,117 counted in KP) are in no share: so few that any survey would seem to miss them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class People:
    """Men and women of one age range in one region."""

    men: int
    women: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.men + self.women


@dataclass(frozen=True)
class Region:
    """The people of one region, of 15 and over and of 18 and over, and the youth in each."""

    over_15: People
    over_18: People
    from_15_to_29: People
    from_18_to_29: People

    def women(self, minors: bool) -> float:
        """The share of women among all who may answer; `minors` where people of 15 to 17 may."""
        people = self.over_15 if minors else self.over_18
        return people.women / people.all

    def youth(self, minors: bool) -> float:
        """The share of those under 30 among all who may answer."""
        if minors:
            return self.from_15_to_29.all / self.over_15.all
        return self.from_18_to_29.all / self.over_18.all


YOUTH = {False: (18, 29), True: (15, 29)}
"""The ages called youth, without and with minors."""

REGIONS: Mapping[str, Region] = {
    "KP": Region(
        over_15=People(11_618_243, 11_361_673),
        over_18=People(10_239_762, 10_079_403),
        from_15_to_29=People(5_349_882, 5_322_770),
        from_18_to_29=People(3_971_401, 4_040_500),
    ),
    "BALOCHISTAN": Region(
        over_15=People(3_790_701, 3_539_506),
        over_18=People(3_246_793, 3_067_116),
        from_15_to_29=People(1_941_303, 1_852_563),
        from_18_to_29=People(1_397_395, 1_380_173),
    ),
    "PUNJAB": Region(
        over_15=People(40_386_669, 38_274_088),
        over_18=People(36_424_525, 34_576_029),
        from_15_to_29=People(16_831_454, 16_392_517),
        from_18_to_29=People(12_869_310, 12_694_458),
    ),
    "SINDH": Region(
        over_15=People(16_922_127, 15_466_285),
        over_18=People(15_064_667, 13_859_357),
        from_15_to_29=People(7_402_730, 6_873_779),
        from_18_to_29=People(5_545_270, 5_266_851),
    ),
    "ISLAMABAD": Region(
        over_15=People(823_186, 722_672),
        over_18=People(748_956, 661_051),
        from_15_to_29=People(326_909, 287_090),
        from_18_to_29=People(252_679, 225_469),
    ),
    "PAKISTAN": Region(
        over_15=People(73_540_926, 69_364_224),
        over_18=People(65_724_703, 62_242_956),
        from_15_to_29=People(31_852_278, 30_728_719),
        from_18_to_29=People(24_036_055, 23_607_451),
    ),
}
