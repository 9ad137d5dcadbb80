"""The topic pages, one module each."""

from warehouse.site.topics.boards import BOARDS
from warehouse.site.topics.culture import CULTURE
from warehouse.site.topics.leadership import LEADERSHIP
from warehouse.site.topics.pay_gap import PAY_GAP
from warehouse.site.topics.pipeline import PIPELINE
from warehouse.site.topics.turnover import TURNOVER
from warehouse.site.topics.vacancies import VACANCIES

TOPICS = (LEADERSHIP, PIPELINE, PAY_GAP, CULTURE, BOARDS, TURNOVER, VACANCIES)
"""In the order of the navigation."""
