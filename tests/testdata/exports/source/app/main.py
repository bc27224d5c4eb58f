from app.models import Circle, Shape, square as sq


def logged(function):
    def inner(*args):
        print(function.__name__)
        return function(*args)

    return inner


@logged
def total(shapes: list[Shape]) -> float:
    result = 0.0
    for shape in shapes:
        result += shape.area()
    return result


def main():
    circles = [Circle(n) for n in range(3)]
    largest = max(circles, key=lambda c: c.area())
    print(total(circles), sq(2), largest.label, missing(1))


if __name__ == "__main__":
    main()
