"""When somebody who books is elsewhere already: what lookups fit times by and actions refuse by (п. 4.7)."""

from collections.abc import Collection
from datetime import date

from school.consultations.records import Booking
from school.consultations.rules import Appointment
from school.consultations.store.bookings import bookings_of_staff, bookings_of_user
from school.consultations.store.slots import lessons_on
from school.records import User
from school.store.reading import Reader


def own_appointments(reader: Reader, user: User, days: Collection[date], today: date) -> list[Appointment]:
    """Return the talks that a guardian has booked; of one who works at the school their lessons of these days and families too."""
    own = [appointment_of(each) for each in bookings_of_user(reader, user.user_id, today)]
    if user.staff_id is None:
        return own
    received = [
        each.times for each in bookings_of_staff(reader, user.staff_id, today) if each.cancelled_at is None
    ]
    lessons = lessons_on(reader, days).get(user.staff_id, [])
    return own + [Appointment(each, user.staff_id, "", None) for each in (*lessons, *received)]


def appointment_of(booking: Booking) -> Appointment:
    """Return a booking as a time at which its guardian is with somebody."""
    return Appointment(booking.times, booking.staff_id, booking.staff_name, booking.pupil_id)
