package org.shop.model;

public record Point(int x, int y) {
  public Point moved() {
    return new Point(x() + 1, y);
    //         ^ resolved/new :3
    //               ^ resolved/call :3
    //                        ^ resolved/read :3
  }
}
