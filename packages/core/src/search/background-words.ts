/**
 * What photographs show, in everyday words: what a query has to be more likely than.
 *
 * Relevance improves with their number up to about 450 (`docs/search.md` has the figures). A query that is
 * itself among them is judged no differently.
 *
 * @example
 * ```ts
 * import { BACKGROUND_WORDS } from '@clipql/core';
 *
 * console.log(BACKGROUND_WORDS.length, BACKGROUND_WORDS[0]); // 452 person
 * ```
 */
export const BACKGROUND_WORDS: readonly string[] = `
person, man, woman, child, baby, crowd, couple, family, face, hands, athlete, dancer, musician,
soldier, worker, bride, dog, cat, horse, cow, sheep, goat, pig, rabbit, mouse, squirrel, deer,
bear, lion, tiger, leopard, wolf, fox, elephant, giraffe, zebra, camel, monkey, gorilla,
kangaroo, hedgehog, bat, otter, bird, owl, eagle, duck, swan, chicken, parrot, pigeon, seagull,
penguin, peacock, flamingo, sparrow, fish, shark, whale, dolphin, seal, octopus, jellyfish,
crab, shell, coral reef, starfish, snake, lizard, turtle, crocodile, frog, dinosaur, insect,
butterfly, bee, ant, beetle, spider, dragonfly, snail, worm, tree, flower, rose, sunflower,
grass, leaf, bush, cactus, mushroom, moss, branch, fern, mountain, hill, valley, cliff, rock,
cave, volcano, glacier, canyon, desert, sand, forest, jungle, field, meadow, garden, park, farm,
vineyard, swamp, sea, beach, wave, coast, island, lake, river, waterfall, pond, swimming pool,
underwater, sky, cloud, sun, moon, stars, sunset, night, fog, rain, snow, ice, storm, lightning,
rainbow, fire, smoke, fireworks, city, street, road, highway, village, square, market, alley,
bridge, tunnel, building, skyscraper, house, castle, church, mosque, temple, tower, lighthouse,
barn, factory, ruins, monument, statue, fountain, stadium, airport, train station, harbor,
construction site, room, kitchen, bedroom, bathroom, living room, office, classroom, library,
hospital, shop, restaurant, museum, theater, gym, corridor, stairs, door, window, wall, roof,
ceiling, floor, fence, gate, car, truck, bus, van, taxi, tractor, motorcycle, bicycle, train,
tram, airplane, helicopter, rocket, hot air balloon, boat, ship, sailboat, canoe, submarine,
tank, wheel, engine, chair, table, desk, sofa, bed, shelf, cupboard, lamp, candle, mirror,
clock, curtain, carpet, pillow, blanket, vase, basket, box, bucket, barrel, plate, bowl, cup,
glass, bottle, fork, knife, spoon, pan, teapot, stove, refrigerator, washing machine, sink,
bathtub, toilet, food, meal, bread, cake, cookie, ice cream, chocolate, pizza, burger, sandwich,
pasta, rice, soup, salad, meat, cheese, egg, fruit, apple, banana, orange, grapes, strawberry,
lemon, vegetable, tomato, potato, carrot, corn, pepper, pumpkin, nuts, coffee, tea, wine, beer,
juice, computer, laptop, keyboard, telephone, television, screen, camera, radio, headphones,
loudspeaker, cable, robot, telescope, microscope, book, newspaper, letter, map, poster, sign,
screenshot, diagram, logo, drawing, painting, cartoon, pattern, texture, text, pen, pencil,
scissors, hammer, saw, screwdriver, ladder, rope, chain, lock, key, nail, shovel, axe, gun,
sword, cannon, guitar, piano, violin, drum, trumpet, saxophone, flute, microphone, ball,
football, basketball, tennis, golf, baseball, skiing, surfing, skateboard, cycling, running,
swimming, climbing, yoga, chess, toy, doll, teddy bear, kite, balloon, swing, tent, dress,
shirt, coat, trousers, shoes, boots, hat, helmet, glasses, sunglasses, mask, gloves, scarf, tie,
belt, bag, backpack, suitcase, umbrella, watch, ring, necklace, crown, flag, coin, money, gift,
trash, metal, wood, stone, paper, plastic, fur, feather, people, hand, wedding, breakfast,
dessert, fast food, drink, berry, plant, nature, water, playground, animal, pet, big cat, panda,
songbird, heron, goldfish, reptile, amphibian, fly, sports car, vehicle, machine, electronics,
phone, mouse pad, document, comic, game, clothes, shoe, jewelry, furniture, tool, weapon,
instrument, sport, american football, diving, gymnastics, camping, medicine, science, christmas,
farm animal, sea animal, baby animal, family photo
`
  .trim()
  .split(/,\s+/);
