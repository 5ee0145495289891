"""An hour of ordinary work through zenpy: zenpy_hour.py <url> <email> <token>.

zenpy always speaks https to {subdomain}.{domain}; an adapter sends all of that to the given address instead, so that
everything else of the client is as its users have it.
"""

import sys
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from zenpy import Zenpy
from zenpy.lib.api_objects import (
    Comment,
    Organization,
    OrganizationMembership,
    Request,
    Ticket,
    User,
    View,
)
from zenpy.lib.exception import RecordNotFoundException, APIException

DOMAIN = "zendesk.test"
SUBDOMAIN = "acme"
COUNT = 120

checks = 0


def check(holds, *what):
    """Counts a check, or ends with what was found instead."""
    global checks
    if not holds:
        raise AssertionError(" ".join(repr(one) for one in what))
    checks += 1


class Redirected(HTTPAdapter):
    """Sends what is meant for the client's service to a program on this machine."""

    def __init__(self, url):
        super().__init__()
        self.to = urlsplit(url)

    def send(self, request, *args, **kwargs):
        parts = urlsplit(request.url)
        sent = request.copy()
        sent.url = urlunsplit((self.to.scheme, self.to.netloc, parts.path, parts.query, ""))
        response = super().send(sent, *args, **kwargs)
        # The client knows its own answers by the address that it asked.
        response.request = request
        response.url = request.url
        return response


def session(url):
    """Knows the client's service and, because its links name it, the program; nothing else."""
    made = requests.Session()
    made.trust_env = False
    made.adapters.clear()
    made.mount(f"https://{SUBDOMAIN}.{DOMAIN}/", Redirected(url))
    made.mount(url, HTTPAdapter())
    return made


def client(url, email, token):
    # Without a cache, so that everything that is read comes over the wire.
    return Zenpy(
        domain=DOMAIN,
        subdomain=SUBDOMAIN,
        email=email,
        token=token,
        session=session(url),
        disable_cache=True,
    )


def people(desk, email):
    me = desk.users.me()
    check(me.email == email, me.email)
    check(me.role == "admin", me.role)
    kim = desk.users.create(User(name="Kim Customer", email="kim@customer.test", verified=True))
    check(kim.id, kim.to_dict())
    check(kim.role == "end-user", kim.role)
    check(desk.users(id=kim.id).name == "Kim Customer")
    found = list(desk.users.search(query="kim@customer.test"))
    check([one.id for one in found] == [kim.id], found)
    kim.phone = "+44 20 7946 0000"
    check(desk.users.update(kim).phone == "+44 20 7946 0000")
    try:
        desk.users.create(User(name="Kim again", email="kim@customer.test"))
        check(False, "an address was taken twice")
    except APIException as refused:
        check(refused.response.status_code == 422, refused.response.text)
    agent = desk.users.create(User(name="Ben Agent", email="ben@acme.test", role="agent"))
    check(agent.role == "agent", agent.role)
    check({me.id, kim.id, agent.id} <= {one.id for one in desk.users()})
    # Somebody whom the handbook names as a member of the first team.
    ada = list(desk.users.search(query="ada@acme.test"))
    check(len(ada) == 1, ada)
    return kim, ada[0]


def organizations(desk, kim):
    made = desk.organizations.create(
        Organization(name="Customer Ltd", domain_names=["customer-ltd.test"], tags=["vip"])
    )
    check(made.id, made.to_dict())
    shown = desk.organizations(id=made.id)
    check(shown.name == "Customer Ltd", shown.name)
    check(shown.domain_names == ["customer-ltd.test"], shown.domain_names)
    member = desk.organization_memberships.create(
        OrganizationMembership(user_id=kim.id, organization_id=made.id)
    )
    check(member.organization_id == made.id, member.to_dict())
    check([one.id for one in desk.users.organizations(kim.id)] == [made.id])
    check(made.id in [one.id for one in desk.organizations()])
    return made


def groups(desk):
    every = list(desk.groups())
    check(every, "no groups")
    check(desk.groups(id=every[0].id).name == every[0].name)
    return every


def fields(desk):
    every = list(desk.ticket_fields())
    kinds = {one.type for one in every}
    check({"subject", "status", "group", "assignee"} <= kinds, kinds)
    own = [one for one in every if one.type == "tagger"]
    check(own, [one.title for one in every])
    shown = desk.ticket_fields(id=own[0].id)
    check(shown.title == own[0].title, shown.title)
    check([one.value for one in shown.custom_field_options], shown.to_dict())


def tickets(desk, kim, agent, organization, teams):
    audit = desk.tickets.create(
        Ticket(
            subject="The funnel is empty",
            comment=Comment(body="Since this morning."),
            requester_id=kim.id,
            tags=["funnel"],
        )
    )
    number = audit.ticket.id
    check(audit.ticket.subject == "The funnel is empty", audit.ticket.subject)
    check("Create" in {event["type"] for event in audit.audit.events}, audit.audit.events)

    ticket = desk.tickets(id=number)
    check(ticket.requester_id == kim.id, ticket.requester_id)
    check(ticket.requester.email == "kim@customer.test")
    check(ticket.organization_id == organization.id, ticket.organization_id)
    check(ticket.status == "new", ticket.status)
    check(ticket.group_id in [one.id for one in teams], ticket.group_id)
    check("funnel" in ticket.tags, ticket.tags)
    check(ticket.via.channel == "api", ticket.via.to_dict())

    ticket.assignee_id = agent.id
    ticket.comment = Comment(body="Could you try again?", public=True, author_id=agent.id)
    changed = desk.tickets.update(ticket)
    check(changed.ticket.assignee_id == agent.id, changed.ticket.assignee_id)
    check(changed.ticket.status == "open", changed.ticket.status)

    ticket = desk.tickets(id=number)
    ticket.comment = Comment(body="Looks like the cache.", public=False)
    desk.tickets.update(ticket)
    comments = list(desk.tickets.comments(number))
    bodies = [(one.body, one.public) for one in comments]
    wanted = [
        ("Since this morning.", True),
        ("Could you try again?", True),
        ("Looks like the cache.", False),
    ]
    check(bodies == wanted, bodies)
    check(comments[1].author_id == agent.id, comments[1].author_id)

    check("urgent-call" in desk.tickets.add_tags(number, ["urgent-call"]))
    check("funnel" not in desk.tickets.delete_tags(number, ["funnel"]))
    check("urgent-call" in list(desk.tickets.tags(number)))
    check(set(desk.tickets.set_tags(number, ["a", "b"])) >= {"a", "b"})

    ticket = desk.tickets(id=number)
    ticket.status = "solved"
    check(desk.tickets.update(ticket).ticket.status == "solved")
    check(desk.tickets(id=number).status == "solved")

    audits = list(desk.tickets.audits(number))
    check(len(audits) >= 6, len(audits))
    check({one.ticket_id for one in audits} == {number}, audits)
    kinds = {event["type"] for one in audits for event in one.events}
    check({"Create", "Comment", "Change"} <= kinds, kinds)
    check(number in [one.id for one in desk.users.requested(kim.id)])
    check(number in [one.id for one in desk.users.assigned(agent.id)])
    check(number in [one.id for one in desk.tickets.organizations(organization.id)])
    return number


def many_tickets(desk, kim):
    made = [
        desk.tickets.create(
            Ticket(subject=f"Question {n}", comment=Comment(body="?"), requester_id=kim.id)
        ).ticket.id
        for n in range(COUNT)
    ]
    check(len(set(made)) == COUNT, made)
    by_cursor = [one.id for one in desk.tickets()]
    check(len(by_cursor) == len(set(by_cursor)), by_cursor)
    check(set(made) <= set(by_cursor), len(by_cursor))
    by_page = [one.id for one in desk.tickets(cursor_pagination=False)]
    check(sorted(by_page) == sorted(by_cursor), len(by_page), len(by_cursor))
    small = [one.id for one in desk.tickets(cursor_pagination=50)]
    check(sorted(small) == sorted(by_cursor), len(small), len(by_cursor))
    some = [one.id for one in desk.tickets(ids=made[:5])]
    check(sorted(some) == sorted(made[:5]), some)


def searching(desk, kim, agent, number):
    """The search and its counts, with the client's own words for operators."""
    found = desk.search("funnel", type="ticket")
    check(len(found) == 1, len(found))
    check([one.id for one in found] == [number])
    check(desk.search.count("Question", type="ticket") == COUNT)
    check([one.id for one in desk.search(type="ticket", assignee=agent.id)] == [number])
    check([one.id for one in desk.search(type="ticket", tags=["a", "b"])] == [number])
    check(number not in [one.id for one in desk.search("type:ticket", minus="status:solved")])
    yesterday = datetime.now(timezone.utc) - timedelta(days=3650)
    every = list(desk.search(type="ticket", requester="kim@customer.test", created_after=yesterday))
    check(len(every) == COUNT + 1, len(every))
    newest = desk.search(type="ticket", sort_by="created_at", sort_order="desc")
    ids = [one.id for one in newest]
    check(ids == sorted(ids, reverse=True), ids[:5])
    exported = [one.id for one in desk.search_export("", type="ticket", cursor_pagination=50)]
    check(sorted(exported) == sorted(ids), len(exported), len(ids))
    people = [one.id for one in desk.search("kim", type="user")]
    check(kim.id in people, people)
    firms = [one.name for one in desk.search("customer-ltd", type="organization")]
    check(firms == ["Customer Ltd"], firms)
    check(list(desk.search("zeppelin")) == [], "something was found")


def views(desk, number):
    made = desk.views.create(
        View(
            title="Solved ones",
            all=[{"field": "status", "operator": "is", "value": "solved"}],
        )
    )
    check(made.title == "Solved ones", made.to_dict())
    check(made.id in [one.id for one in desk.views()])
    check(made.id in [one.id for one in desk.views.active()])
    check(made.id in [one.id for one in desk.views.compact()])
    check([one.id for one in desk.views.tickets(made)] == [number])
    check(desk.views.count(made).value == 1)
    made.title = "What is solved"
    check(desk.views.update(made).title == "What is solved")
    held = desk.views(id=made.id).conditions.to_dict()["all"]
    check([one["value"] for one in held] == ["solved"], held)
    desk.views.delete(made)
    check(made.id not in [one.id for one in desk.views()])


def asking(url, token):
    """A customer's own view: what they asked, and nothing else."""
    kim = client(url, "kim@customer.test", token)
    made = kim.requests.create(
        Request(subject="One more thing", comment=Comment(body="And now this."))
    )
    check(made.id, made.to_dict())
    check(kim.requests(id=made.id).subject == "One more thing")
    check(made.id in [one.id for one in kim.requests()])
    made.comment = Comment(body="It works again.")
    kim.requests.update(made)
    said = [one.body for one in kim.requests.comments(made.id)]
    check(said == ["And now this.", "It works again."], said)
    try:
        list(kim.tickets())
        check(False, "a customer read the desk")
    except APIException as refused:
        check(refused.response.status_code == 403, refused.response.text)


def absent(desk):
    try:
        desk.tickets(id=999_999)
        check(False, "a ticket that is not there")
    except RecordNotFoundException as refused:
        check(refused.response.json()["error"] == "RecordNotFound", refused.response.text)


def main(url, email, token):
    desk = client(url, email, token)
    kim, agent = people(desk, email)
    organization = organizations(desk, kim)
    teams = groups(desk)
    fields(desk)
    number = tickets(desk, kim, agent, organization, teams)
    many_tickets(desk, kim)
    searching(desk, kim, agent, number)
    views(desk, number)
    asking(url, token)
    absent(desk)
    desk.tickets.delete(desk.tickets(id=number))
    check(number not in [one.id for one in desk.tickets()], "a deleted ticket is listed")
    print(f"zenpy: {checks} checks passed")


if __name__ == "__main__":
    main(*sys.argv[1:])
